// A form as the server gives it (fleet/wire/matter), as far as checking it goes. Lists that are empty may come as null.

export type Option = { value: string; label: string }
export type Filled = { field: string; is: string[] | null }
export type Field = {
  name: string
  label: string
  widget: string
  columns?: Field[] | null
  source?: string
  options?: Option[] | null
}
export type Group = { id: string; title: string; when?: unknown; show?: Filled | null; fields: Field[] | null }
export type Form = { id: string; version: number; title: string; schema: unknown; groups: Group[] | null }
export type Values = Record<string, unknown>

/** One wrong entry (填写错误). In repeated lines the field carries line and column: staff/0/who. */
export type FieldError = { field: string; message: string }
