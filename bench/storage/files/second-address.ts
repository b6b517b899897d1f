/** Where the server can be reached too, where that is another host than its first address to a client. */
export const secondAddress = "127.0.0.2";
