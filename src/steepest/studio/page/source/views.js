// The views in the order of their tabs.

import { landscape } from "./landscape.js";
import { lessons } from "./lessons_view.js";

/** All views. */
export const VIEWS = [landscape, lessons];
