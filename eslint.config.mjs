import tseslint from "typescript-eslint";

/** Forbids imports from folders at the top, from whatever depth. */
const importsNothingFrom = (...folders) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        {
          regex: `^(\\.\\./)+(${folders.join("|")})(/|$)`,
          message: "Arrows between folders point one way only.",
        },
      ],
    },
  ],
});
const TOP = [
  "automation",
  "bench",
  "components",
  "engine",
  "facts",
  "index",
  "isolation",
  "policies",
  "rehearsal",
  "test",
  "tools",
];
const allBut = (...folders) => TOP.filter((folder) => !folders.includes(folder));

export default tseslint.config(
  { ignores: ["node_modules/", ".airlock/", "dist/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers print as themselves in a message; every other type still has to be turned into text on purpose.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Taking a property out of an object by naming it beside the rest.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // What is spread is written out anyway.
      "no-restricted-syntax": [
        "error",
        {
          selector: "SpreadElement > :matches(ArrayExpression, ObjectExpression).argument",
          message: "Write the elements themselves.",
        },
      ],
      // A constructor with effects is how Pulumi declares a resource.
      "no-new": "off",
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["test/**", "bench/**"],
    rules: {
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai's assertions are property reads.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["facts/**/*.ts"], rules: importsNothingFrom(...allBut("facts")) },
  // The proof knows neither what is deployed nor with what, so that it cannot believe the program that it judges.
  { files: ["isolation/**/*.ts"], rules: importsNothingFrom(...allBut("isolation", "facts")) },
  { files: ["components/**/*.ts"], rules: importsNothingFrom(...allBut("components", "facts")) },
  { files: ["policies/**/*.ts"], rules: importsNothingFrom(...allBut("policies", "isolation", "facts")) },
  {
    files: ["automation/**/*.ts"],
    rules: importsNothingFrom("bench", "index", "policies", "rehearsal", "test", "tools"),
  },
  {
    files: ["rehearsal/**/*.ts", "index.ts", "engine/**/*.ts", "tools/**/*.ts"],
    rules: importsNothingFrom("bench", "policies", "test"),
  },
);
