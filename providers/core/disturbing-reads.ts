/** Requests that read, and change something by it: to receive messages is to hide them from others. GET is no excuse. */
export interface DisturbingReads {
    /** Whether a request is one. None leaves for a source that `allows` does not name. */
    includes(method: string, url: URL): boolean;
    /** Whether the user has acknowledged exactly this request, by the element type's own arguments. */
    allows(request: DisturbingRequest, options: Readonly<Record<string, unknown>>): boolean;
    /** What acknowledged reads do to the source, in sentences for the preview. Undefined: none are acknowledged. */
    notice(options: Readonly<Record<string, unknown>>): string | undefined;
}

export interface DisturbingRequest {
    readonly method: string;
    readonly url: URL;
    readonly hasBody: boolean;
}
