// Roles told apart by colour: the role's group names it, in a class of the style sheet.

const GROUP_OF = { user: "user", assistant: "assistant", tool: "tools", function: "tools" };
const groupOf = (role) => GROUP_OF[role] ?? "other";
