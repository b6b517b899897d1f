import { randomBytes } from "node:crypto";

/** What stands in a secret of the demo's production vault. */
export interface SeedSecret {
    name: string;
    value: string;
    contentType?: string;
    tags?: Record<string, string>;
    notBefore?: Date;
    expiresOn?: Date;
    enabled?: boolean;
}

/** A blob of the demo's production account. */
export interface SeedBlob {
    container: string;
    name: string;
    content: Buffer;
    headers: {
        blobContentType: string;
        blobCacheControl?: string;
        blobContentDisposition?: string;
        blobContentEncoding?: string;
        blobContentLanguage?: string;
    };
    metadata?: Record<string, string>;
    tags?: Record<string, string>;
    tier?: "Hot" | "Cool" | "Cold";
}

/** A container of the demo's production account. */
export interface SeedContainer {
    name: string;
    metadata: Record<string, string>;
}

/** Names of what the demo changes later. */
export const laterChanges = {
    rotated: ["api-key", "db-password"],
    deleted: { container: "documents", name: "offers/2026-spring.html" },
} as const;

const megabyte = 1024 * 1024;

/** A value that has never been anywhere else, so that it can be searched for. */
export function freshValue(): string {
    return randomBytes(24).toString("base64url");
}

/** Twelve secrets that differ in all that a secret can have. Values are new with every run. */
export function secrets(now: Date): SeedSecret[] {
    const inDays = (days: number) => new Date(Math.floor(now.getTime() / 1000) * 1000 + days * 86_400_000);
    const shop = { team: "shop" };
    return [
        { name: "api-key", value: freshValue(), tags: shop },
        { name: "cdn-token", value: freshValue(), expiresOn: inDays(30) },
        {
            name: "db-connection",
            value: `Server=db;User=app;Password=${freshValue()}`,
            contentType: "text/plain",
        },
        {
            name: "db-password",
            value: freshValue(),
            expiresOn: inDays(90),
            tags: { ...shop, rotation: "90 days" },
        },
        {
            name: "feature-switches",
            value: JSON.stringify(
                { salt: freshValue(), checkout: "new", search: ["fast", "fuzzy"] },
                null,
                4,
            ),
            contentType: "application/json",
        },
        { name: "payment-provider", value: freshValue(), tags: { ...shop, contact: "Zoë Müller" } },
        {
            name: "search-admin-key",
            value: freshValue(),
            contentType: "text/plain",
            tags: { team: "search" },
        },
        {
            name: "session-signing-key",
            value: randomBytes(512).toString("base64"),
            contentType: "application/octet-stream;base64",
        },
        { name: "smtp-password", value: freshValue() },
        { name: "sso-client-secret", value: freshValue(), notBefore: inDays(-7), expiresOn: inDays(358) },
        {
            name: "webhook-secret",
            value: `${freshValue()}\n${freshValue()}\n`,
            tags: { format: "two lines" },
        },
        { name: "retired-ftp-password", value: freshValue(), enabled: false, tags: { team: "archive" } },
    ];
}

/** Three containers. */
export const containers: readonly SeedContainer[] = [
    { name: "backups", metadata: { retention: "7 years" } },
    { name: "documents", metadata: { owner: "legal", language: "de" } },
    { name: "photos", metadata: { campaign: "autumn" } },
];

/** Forty blobs that differ in headers, metadata, tags, tier and size: from nothing to 12 MiB. */
export function blobs(): SeedBlob[] {
    return [...photos(), ...documents(), ...backups()];
}

function photos(): SeedBlob[] {
    return [
        "armchair",
        "bench",
        "cupboard",
        "desk",
        "lamp",
        "shelf",
        "sofa",
        "stool",
        "table",
        "wardrobe",
    ].flatMap((product, index) =>
        ["front.jpg", "side.jpg"].map((view) => ({
            container: "photos",
            name: `catalogue/${product}/${view}`,
            content: randomBytes(40_000 + index * 7_000),
            headers: { blobContentType: "image/jpeg", blobCacheControl: "public, max-age=86400" },
            metadata: { photographer: index % 2 === 0 ? "Ines" : "Tom", product },
            ...(index < 3 ? { tags: { season: "autumn", cleared: "yes" } } : {}),
            ...(index > 5 ? { tier: "Cool" as const } : {}),
        })),
    );
}

function documents(): SeedBlob[] {
    const contracts = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"].map((partner) => ({
        container: "documents",
        name: `contracts/${partner}.pdf`,
        content: randomBytes(90_000),
        headers: {
            blobContentType: "application/pdf",
            blobContentDisposition: `attachment; filename="${partner}.pdf"`,
        },
        metadata: { partner },
        tags: { status: partner === "zeta" ? "draft" : "signed" },
    }));
    const offers = ["2026-autumn", "2026-spring", "2026-summer", "2026-winter"].map((season) => ({
        container: "documents",
        name: `offers/${season}.html`,
        content: Buffer.from(`<!doctype html><html lang="de"><title>${season}</title><p>Möbel für alle.</p>`),
        headers: { blobContentType: "text/html; charset=utf-8", blobContentLanguage: "de-DE" },
    }));
    return [
        ...contracts,
        ...offers,
        document(".keep", Buffer.alloc(0), "application/octet-stream"),
        document(
            "reports/Q3 figures (final).csv",
            Buffer.from("month;revenue\nJuly;1\n".repeat(400)),
            "text/csv",
        ),
        document("Verträge/Größe & Maß.txt", Buffer.from("Umlaute im Namen.\n"), "text/plain; charset=utf-8"),
        {
            ...document("logs/2026-11.json.gz", randomBytes(20_000), "application/json"),
            headers: { blobContentType: "application/json", blobContentEncoding: "gzip" },
            tier: "Hot" as const,
        },
    ];
}

function backups(): SeedBlob[] {
    const daily = ["05", "06", "07", "08", "09"].map((day) => ({
        ...backup(`database/2026-11-${day}.bak`, 600_000),
        tier: "Cool" as const,
    }));
    return [...daily, { ...backup("database/2026-10.bak", 12 * megabyte), tier: "Cold" }];
}

function backup(name: string, size: number): SeedBlob {
    return {
        container: "backups",
        name,
        content: randomBytes(size),
        headers: { blobContentType: "application/octet-stream" },
        metadata: { database: "shop" },
    };
}

function document(name: string, content: Buffer, type: string): SeedBlob {
    return { container: "documents", name, content, headers: { blobContentType: type } };
}
