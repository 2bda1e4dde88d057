// The card of a lesson above its view: three sentences, a task, and whether it is solved.

import { button } from "./controls.js";
import { element, say } from "./dom.js";
import { LESSONS } from "./lessons.js";

const SOLVED = "steepest-studio-solved";

/**
 * The card of a lesson. `check` is given each frame, or null when the state changed.
 * @param {{name: string, hello: any, open: (view: string, state: any) => void,
 *   announce: (sentence: string) => void, state: () => any}} given
 * @returns {{element: HTMLElement, check: (frame: any) => void} | null}
 */
export function lessonCard({ name, open, announce, state }) {
  const index = LESSONS.findIndex((each) => each.name === name);
  if (index < 0) return null;
  const lesson = LESSONS[index];
  const memory = {};
  let solved = false;
  const result = element("p", { class: "task-result", role: "status" }, "Not solved yet.");
  const go = (place) => openLesson(LESSONS[place], open);
  const card = element(
    "section",
    { class: "lesson", "aria-label": `lesson ${index + 1}`, "data-lesson": name },
    element(
      "div",
      { class: "lesson-head" },
      element("h2", {}, `${index + 1}. ${lesson.title}`),
      element(
        "div",
        { class: "row" },
        index > 0 ? button("Previous", () => go(index - 1), { class: "tool" }) : null,
        index + 1 < LESSONS.length ? button("Next", () => go(index + 1), { class: "tool" }) : null,
        button("All lessons", () => open("lessons", {}), { class: "tool" }),
      ),
    ),
    element("p", { class: "lesson-text" }, lesson.text.join(" ")),
    element("p", { class: "task" }, element("strong", {}, "Task: "), lesson.task),
    result,
  );

  function check(frame) {
    if (solved || !lesson.solved(frame, state(), memory)) return;
    solved = true;
    markSolved(name);
    card.classList.add("solved");
    say(result, `Solved. ${lesson.because}`);
    announce(`Task solved. ${lesson.because}`);
  }

  return { element: card, check };
}

/**
 * Opens the view of a lesson in the state where it begins.
 * @param {any} lesson
 * @param {(view: string, state: any) => void} open
 */
export function openLesson(lesson, open) {
  open(lesson.view, { ...lesson.state, lesson: lesson.name, hide: lesson.hide ?? [] });
}

/** The names of the lessons that were solved in this browser. @returns {Set<string>} */
export function solvedLessons() {
  try {
    return new Set(JSON.parse(localStorage.getItem(SOLVED) ?? "[]"));
  } catch {
    return new Set();
  }
}

function markSolved(name) {
  try {
    localStorage.setItem(SOLVED, JSON.stringify([...solvedLessons().add(name)]));
  } catch {
    // Without storage the list of lessons does not show which are solved.
  }
}
