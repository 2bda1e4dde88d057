// What was found in runs, as cards: findings, verdicts of the doctor, changes of the program.

import { button } from "./controls.js";
import { copyText } from "./dialogs.js";
import { element, say } from "./dom.js";
import { shortNumber } from "./numbers.js";

/** Cards of findings and verdicts, those of each run together. */
export function findingsOf(runs) {
  return runs.flatMap(({ name, findings, verdicts, proved, diff, faults }) => {
    const cards = [
      ...verdicts.map((verdict) => verdictCard(name, verdict, proved)),
      ...findings.map((finding) =>
        findingCard(name, finding.sentence, finding.remedy, finding.severity),
      ),
      ...faults.map((fault) => findingCard(name, fault, "", "warning")),
    ];
    return diff ? [...cards, diffCard(name, diff)] : cards;
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

function verdictCard(run, verdict, proved) {
  const facts = Object.entries(verdict.evidence ?? {}).filter(
    ([, value]) => typeof value !== "object",
  );
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
  );
}

function diffCard(run, diff) {
  const said = element("span", { role: "status", class: "copied" });
  return element(
    "article",
    { class: "finding" },
    element(
      "p",
      {},
      element("strong", {}, `${run}: `),
      "what the doctor would change in the program",
    ),
    element("pre", { class: "code", tabindex: 0, "aria-label": "change of the program" }, diff),
    element(
      "p",
      { class: "row" },
      button("Copy", async () =>
        say(said, (await copyText(diff)) ? "copied; apply it with git apply" : "select the text"),
      ),
      said,
    ),
  );
}
