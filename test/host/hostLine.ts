/** Begins each line that the suite in the extension host reports. */
export const hostLinePrefix = 'gantry-host-tests: ';
