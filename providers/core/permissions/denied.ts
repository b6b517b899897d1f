import type { Caller } from "../access.js";
import { DataplaneError } from "../errors.js";
import { explainMissing } from "./explain.js";
import type { Finding } from "./judge.js";
import { requiredPermissions } from "./required.js";
import { verifyPermissions, type Verification, type VerifyRequest } from "./verify.js";

/** Who was refused, what, and where. */
export interface DeniedContext extends Omit<VerifyRequest, "probe"> {
    readonly options: Readonly<Record<string, unknown>>;
    /** One more sentence after what to do. */
    readonly hint?: string;
}

/** Items fail together, and while a new role is waited for, again and again: ARM is asked once for so long. */
const answerLifetimeMilliseconds = 30_000;

/**
 * Makes what adds to `AccessDenied` the exact role to assign, its scope and the command: those that ARM says are
 * missing, or all that are needed where ARM can't be asked. Any other error is given back as it is.
 *
 * @param now milliseconds of a clock that never goes back.
 */
export function explainerOfDenied(
    context: DeniedContext,
    now: () => number = () => performance.now(),
): (error: DataplaneError) => Promise<DataplaneError> {
    let last: { readonly at: number; readonly answer: Promise<Verification> } | undefined;
    return async (error) => {
        if (error.code !== "AccessDenied" || error.detail.remedy !== undefined) return error;
        if (last === undefined || now() - last.at > answerLifetimeMilliseconds) {
            last = { at: now(), answer: ask(context) };
        }
        const explained = new DataplaneError(error.code, error.message, {
            ...error.detail,
            remedy: remedies(context, error, await last.answer).join("\n"),
            cause: error.cause,
        });
        if (error.stack !== undefined) explained.stack = error.stack;
        return explained;
    };
}

function remedies(context: DeniedContext, error: DataplaneError, verification: Verification): string[] {
    const { resource, element, side, mode, options, hint } = context;
    const { findings, known, caller } = verification;
    const scope = resource.id ?? resource.reference;
    const hints = hint === undefined ? [] : [hint];
    const { serviceCode } = error.detail;
    const own = element.denied?.({ resource, side, mode, options, serviceCode, caller });
    if (own !== undefined) return [own, ...hints];
    if (!known) {
        const needed = requiredPermissions(element, mode, options)[side];
        return [...needed.map((permission) => explainMissing(permission, scope, caller)), ...hints];
    }
    const wanting = findings.filter(({ standing }) => standing !== "granted");
    if (wanting.length > 0) return [...wanting.map((finding) => remedy(finding, scope, caller)), ...hints];
    // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
    return [
        `The role is assigned at ${scope}, but does not act: a new assignment takes up to ten minutes; else look ` +
            `for a deny assignment, or for a vault that uses access policies.`,
        ...hints,
    ];
}

function remedy({ permission, standing, actions, reason }: Finding, scope: string, caller: Caller): string {
    if (standing === "denied") {
        return `To ${permission.purpose}, ${actions.join(", ")} is needed at ${scope}, but ${reason ?? "it is denied"}.`;
    }
    const why = reason === undefined ? "" : `\nNow ${reason}.`;
    return explainMissing(permission, scope, caller, actions) + why;
}

/** What was refused is the news; that ARM can't be asked about it as well must not hide it. */
async function ask(context: DeniedContext): Promise<Verification> {
    try {
        return await verifyPermissions(context);
    } catch {
        const caller = (await context.caller?.()) ?? {};
        return { caller, findings: [], missing: [], known: false };
    }
}
