// The list of lessons.

import { button } from "./controls.js";
import { element } from "./dom.js";
import { openLesson, solvedLessons } from "./lesson_card.js";
import { LESSONS } from "./lessons.js";

/** The view. */
export const lessons = {
  name: "lessons",
  title: "Lessons",
  keys: [],
  initial: () => ({}),
  mount: mountLessons,
};

function mountLessons({ open, hello }) {
  const solved = solvedLessons();
  const items = LESSONS.map((lesson, index) => {
    const there = hello.views.includes(lesson.view);
    const mark = solved.has(lesson.name) ? "solved" : "";
    return element(
      "li",
      {},
      button(`${index + 1}. ${lesson.title}`, () => openLesson(lesson, open), {
        class: "lesson-link",
        disabled: !there,
        "data-lesson": lesson.name,
      }),
      element("span", { class: "lesson-about" }, lesson.text[0]),
      element("span", { class: "solved-mark" }, mark),
    );
  });
  return {
    element: element(
      "div",
      { class: "lessons" },
      element(
        "p",
        {},
        "Each lesson is a state of a view, with a task that the page checks. They follow the order of the courses.",
      ),
      element("ol", {}, items),
    ),
    update() {},
  };
}
