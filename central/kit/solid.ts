/** The server never answers null for a list; its document cannot say so (接口类型). */
export type Solid<T> = [NonNullable<T>] extends [(infer U)[]] ? Solid<U>[] : T extends object ? { [K in keyof T]: Solid<T[K]> } : T
