// Roles told apart by colour: the role's group names it, in a class of the style sheet.

export const GROUPS = ["user", "assistant", "tools", "other"] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<string, Group> = { user: "user", assistant: "assistant", tool: "tools", function: "tools" };
export const groupOf = (role: string): Group => (Object.hasOwn(GROUP_OF, role) ? (GROUP_OF[role] as Group) : "other");
