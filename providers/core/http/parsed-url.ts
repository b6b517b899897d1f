let last: { readonly text: string; readonly url: URL } | undefined;

/**
 * The parts of a request's address. Guard, retries, pacing and count ask for those of one request right after each
 * other: the last answer is kept. Not to be changed by whom it is given to.
 */
export function parsedUrl(text: string): Readonly<URL> {
    if (last?.text !== text) last = { text, url: new URL(text) };
    return last.url;
}
