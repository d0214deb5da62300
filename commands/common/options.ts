// Options that several commands have.
import type { Option } from '../../base/command.ts'

export const onlyList: Option = { value: 'NAME', help: 'only this list' }
export const shownReason: Option = { value: 'TEXT', help: 'shown in its place' }
