// The lessons in the order of the courses: a state of a view, three sentences, a task, and its check.

/** All lessons. */
export const LESSONS = [];
