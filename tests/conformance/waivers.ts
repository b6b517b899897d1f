/**
 * Checks that an element type need not pass, with the reason: element type → name of the check → why. A waiver for a
 * check that passes, or for something that does not exist, is a failure.
 */
export const waivers: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
