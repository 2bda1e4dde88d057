// What was found in runs, as cards: findings, verdicts of the doctor, changes of the program.

import { button } from "./controls.js";
import { copyText, openDialog } from "./dialogs.js";
import { element, say } from "./dom.js";
import { shortNumber } from "./numbers.js";
import { experimentPicture } from "./training_experiment.js";

/**
 * Cards of findings and verdicts, those of each run together. `page` has `root`, `colors`, and
 * `train(run, verdicts)`, which is null where the studio cannot train a changed model of that run.
 * @param {any[]} runs
 * @param {{root: HTMLElement, colors: any, train: (run: string) => ((verdicts: number[]) => void) | null}} page
 * @returns {HTMLElement[]}
 */
export function findingsOf(runs, page) {
  return runs.flatMap(({ name, findings, verdicts, proved, diff, program, faults }) => {
    const train = page.train(name);
    const confirmed = [...verdicts.keys()].filter((at) => verdicts[at].status === "confirmed");
    const cards = [
      ...verdicts.map((verdict, at) =>
        verdictCard(name, verdict, proved, page, train && (() => train([at]))),
      ),
      ...findings.map((finding) =>
        findingCard(name, finding.sentence, finding.remedy, finding.severity),
      ),
      ...faults.map((fault) => findingCard(name, fault, "", "warning")),
    ];
    if (!diff) return cards;
    const all = { change: "all confirmed changes", diff, program };
    return [...cards, diffCard(name, all, page, train && (() => train(confirmed)))];
  });
}

function findingCard(run, sentence, remedy, severity) {
  return element(
    "article",
    { class: `finding ${severity === "error" ? "severe" : ""}` },
    element("p", {}, element("strong", {}, `${run}: `), sentence),
    remedy && !sentence.includes(remedy) ? element("p", { class: "remedy" }, remedy) : null,
  );
}

function verdictCard(run, verdict, proved, page, train) {
  const facts = Object.entries(verdict.evidence ?? {}).filter(
    ([, value]) => typeof value !== "object",
  );
  const { effect, change } = verdict;
  return element(
    "article",
    { class: "finding" },
    element(
      "p",
      {},
      element("strong", {}, `${run}: `),
      verdict.sentence ?? verdict.title ?? verdict.rule,
    ),
    element("p", { class: "remedy" }, verdict.remedy ?? ""),
    facts.length
      ? element(
          "p",
          { class: "fact" },
          facts
            .map(
              ([name, value]) =>
                `${name.replaceAll("_", " ")} ${typeof value === "number" ? shortNumber(value) : value}`,
            )
            .join(", "),
        )
      : null,
    element(
      "p",
      { class: "fact" },
      proved ? (verdict.status ?? "") : "suspected, not proved by an experiment",
    ),
    effect ? drawn(experimentPicture(effect, change ?? "", page.colors)) : null,
    verdict.diff ? applyButton(verdict, page, train) : null,
  );
}

function drawn(picture) {
  picture.redraw();
  return picture.element;
}

function diffCard(run, all, page, train) {
  return element(
    "article",
    { class: "finding" },
    element(
      "p",
      {},
      element("strong", {}, `${run}: `),
      "what the doctor would change in the program",
    ),
    element("pre", { class: "code", tabindex: 0, "aria-label": "change of the program" }, all.diff),
    applyButton(all, page, train),
  );
}

function applyButton(verdict, page, train) {
  return element(
    "p",
    { class: "row" },
    button("Apply …", () => showChange(verdict, page.root, train), {
      title: `apply: ${verdict.change}`,
    }),
  );
}

function showChange({ change, diff, program }, root, train) {
  const dialog = openDialog(
    root,
    `Apply: ${change}`,
    train
      ? element(
          "p",
          { class: "row" },
          button(
            "Train the changed model",
            () => {
              dialog.close();
              train();
            },
            { class: "main-button" },
          ),
          "as a new run beside this one",
        )
      : element(
          "p",
          {},
          "This run belongs to a script, which the page does not change: change it as below, and run " +
            "it again.",
        ),
    copied("The change", diff, "copied; apply it with git apply"),
    program ? copied("The whole program with it", program, "copied") : null,
  );
}

function copied(title, text, done) {
  const said = element("span", { role: "status", class: "copied" });
  const copy = button("Copy", async () =>
    say(said, (await copyText(text)) ? done : "select the text and copy it with the keyboard"),
  );
  return element(
    "section",
    { "aria-label": title },
    element("p", { class: "row" }, element("strong", {}, title), copy, said),
    element("pre", { class: "code", tabindex: 0, "aria-label": title }, text),
  );
}
