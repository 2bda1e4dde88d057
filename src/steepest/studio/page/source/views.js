// The views in the order of their tabs.

import { initialWeightsView } from "./initial_weights.js";
import { landscape } from "./landscape.js";
import { lessons } from "./lessons_view.js";
import { microscope } from "./microscope.js";
import { modelView } from "./model_view.js";
import { playground } from "./playground.js";
import { training } from "./training.js";

/** All views. */
export const VIEWS = [
  landscape,
  playground,
  initialWeightsView,
  microscope,
  training,
  modelView,
  lessons,
];
