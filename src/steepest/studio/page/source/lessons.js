// The lessons in the order of the courses: a state of a view, three sentences, a task, and its check.

import {
  adaptiveRates, batches, decay, gradientDescent, momentum, rateTooBig, rateTooSmall, scaling, search,
} from "./lessons_of_landscape.js";

/** All lessons. */
export const LESSONS = [
  gradientDescent, rateTooBig, rateTooSmall, batches, momentum, adaptiveRates, decay, scaling, search,
];
