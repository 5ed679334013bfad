// Has Node.js run this clone's TypeScript in the process that requires it.
const loadJavaScript = require.extensions[".js"];
require("tsx/cjs/api").register();
// Packages are JavaScript as Node.js takes it: to have tsx search them for what it would change takes a second.
require.extensions[".js"] = loadJavaScript;
