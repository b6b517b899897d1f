import { z } from "zod";
import type { ElementType, Item, Plugin, Store } from "../../../../providers/core/contract.js";

const role = { name: "Fake Reader", id: "00000000-0000-0000-0000-0000000000aa" };
const writerRole = { name: "Fake Writer", id: "00000000-0000-0000-0000-0000000000bb" };

export function fakeItem(name: string): Item {
    return { name, version: "1", properties: {} };
}

/** An element type over the given store; complete, so that the registry takes it. */
export function fakeElement(store: Partial<Store> = {}, overrides: Partial<ElementType> = {}): ElementType {
    return {
        name: "things",
        singular: "thing",
        features: {
            modes: ["template", "replication"],
            order: "none",
            detail: "items",
            digest: false,
            comparesValues: true,
            keepsVersions: false,
            softDelete: false,
            serverSideCopy: false,
            rename: true,
            overrides: false,
            marker: false,
            rewrite: false,
        },
        limits: { concurrency: 4, rates: [], requestsPerItem: () => ({}) },
        options: z.object({}),
        permissions: () => ({
            source: [
                {
                    actions: [],
                    dataActions: ["Microsoft.Fake/boxes/things/read"],
                    role,
                    purpose: "read things",
                },
            ],
            target: [
                {
                    actions: [],
                    dataActions: ["Microsoft.Fake/boxes/things/read"],
                    role,
                    purpose: "list things",
                },
                {
                    actions: [],
                    dataActions: ["Microsoft.Fake/boxes/things/write"],
                    role: writerRole,
                    purpose: "write things",
                },
            ],
        }),
        sourceReads: () => false,
        idempotent: () => true,
        invalidName: () => undefined,
        key: (name) => name.toLowerCase(),
        compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
        open: () =>
            Promise.resolve({
                async *list() {
                    await Promise.resolve();
                    yield fakeItem("one");
                },
                find: () => Promise.resolve(undefined),
                get: () => Promise.resolve("content"),
                put: (item) => Promise.resolve(item),
                remove: () => Promise.resolve(),
                ...store,
            }),
        ...overrides,
    };
}

/** `https://<name>.vault.azure.net` stands for a box, so that clouds are recognised. */
export function fakePlugin(element: ElementType = fakeElement(), overrides: Partial<Plugin> = {}): Plugin {
    return {
        kind: "fake",
        title: "Fake Box",
        resourceTypes: ["Microsoft.Fake/boxes"],
        apiVersion: "2024-01-01",
        endpoints: (resource) => {
            const uri = resource.properties?.["boxUri"];
            return typeof uri === "string" ? { box: uri } : {};
        },
        fromUrl: (url) => {
            const [name = "", next] = url.hostname.split(".");
            return next === "vault" ? { name, endpoints: { box: url.origin } } : undefined;
        },
        elements: { [element.name]: element },
        ...overrides,
    };
}

export const subscription = "11111111-1111-1111-1111-111111111111";

export function boxId(name = "app", group = "prod"): string {
    return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Fake/boxes/${name}`;
}
