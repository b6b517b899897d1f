const oneList = "the service answers with all contacts at once: there are no pages";

const takenName =
    "the check deletes a share and makes it again, whose name the service keeps taken for 30 seconds; tested with the plugin";

const oneAnswer = "the service answers with all settings at once: there are no pages";

/**
 * Checks that an element type, or a variant of it, need not pass, with the reason: its title → name of the check → why. A waiver for a
 * check that passes, or for something that does not exist, is a failure.
 */
export const waivers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "keyvault/contacts": {
        "a listing of several pages has each item once, in the claimed order": oneList,
        "an incomplete listing of the source prunes nothing and is an error": oneList,
        "an incomplete listing of the target prunes nothing and is an error": oneList,
        "one item that fails does not stop the others, and the next run makes up for it":
            "the service takes all contacts in one request, which names none of them in its URL",
    },
    "keyvault/keys": {
        "items get another name where the type allows it":
            "a backup is restored under its own name; renamed keys are made anew where that is asked for, which is tested with the plugin",
        "one item that fails does not stop the others, and the next run makes up for it":
            "a key is restored by a request whose URL does not name it; that one key fails alone is tested with the plugin",
    },
    "storage/blobs, in trees": {
        "a listing reads a page only when it is wanted":
            "the service lists a tree folder by folder, each with a request of its own, so some are asked for ahead",
    },
    "storage/files": {
        "a listing reads a page only when it is wanted":
            "the service's order within a directory is not documented, so a directory is read whole and sorted here",
    },
    "storage/queues, with messages": {
        "same: what is equal already is adopted and not written":
            "an empty queue takes the source's messages: it is not equal yet, and tested with the plugin",
    },
    "storage/shares": {
        "a removed item can be put again":
            "the service keeps the name of a deleted share taken for 30 seconds; the error says so, which is tested with the plugin",
        "the declared permissions are enough, each action of them": takenName,
        "each permission at the target is needed, and its want is named": takenName,
    },
    "storage/serviceProperties": {
        "a listing of several pages has each item once, in the claimed order": oneAnswer,
        "an incomplete listing of the source prunes nothing and is an error": oneAnswer,
        "an incomplete listing of the target prunes nothing and is an error": oneAnswer,
        "one item that fails does not stop the others, and the next run makes up for it":
            "the service takes settings in one request, which names none of them in its URL",
    },
    "storage/tables": {
        "one item that fails does not stop the others, and the next run makes up for it":
            "a table is created by a request whose URL does not name it",
    },
    "storage/entities": {
        "one item that fails does not stop the others, and the next run makes up for it":
            "entities go together in transactions, whose URL names none; that one alone fails is tested with the plugin",
    },
};
