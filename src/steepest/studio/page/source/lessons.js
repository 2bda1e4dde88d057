// The lessons in the order of the courses: a state of a view, three sentences, a task, and its check.

import {
  adaptiveRates,
  batches,
  decay,
  gradientDescent,
  momentum,
  rateTooBig,
  rateTooSmall,
  scaling,
  search,
} from "./lessons_of_landscape.js";
import {
  batchNormalisation,
  biasAndVariance,
  dropout,
  earlyStopping,
  exclusiveOr,
  initialWeights,
  nonLinearity,
  overfitting,
  penalties,
  perceptron,
  theLoss,
} from "./lessons_of_playground.js";

/**
 * All lessons: {name, title, view, state, hide, text, task, because, solved}. `solved` is given each
 * frame of the view, or null when only the state changed, the state, and an object to remember in.
 */
export const LESSONS = [
  perceptron,
  nonLinearity,
  exclusiveOr,
  theLoss,
  gradientDescent,
  rateTooBig,
  rateTooSmall,
  batches,
  momentum,
  adaptiveRates,
  decay,
  scaling,
  initialWeights,
  overfitting,
  penalties,
  dropout,
  earlyStopping,
  batchNormalisation,
  biasAndVariance,
  search,
];
