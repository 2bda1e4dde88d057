// The views in the order of their tabs.

import { landscape } from "./landscape.js";
import { microscope } from "./microscope.js";
import { playground } from "./playground.js";
import { training } from "./training.js";
import { lessons } from "./lessons_view.js";

/** All views. */
export const VIEWS = [landscape, playground, microscope, training, lessons];
