export function signed(account: string, key: string, path: string): Record<string, string>;
