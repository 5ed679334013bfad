/** Answers that are kept as long as what was asked about: the stacks of a site are asked about once for each target. */

/** The function, which is called once for each object. The objects must not change. */
export function oncePerObject<Given extends object, Answer>(
  answer: (given: Given) => Answer,
): (given: Given) => Answer {
  const answers = new WeakMap<Given, { readonly is: Answer }>();
  return (given) => {
    const known = answers.get(given);
    if (known !== undefined) return known.is;
    const is = answer(given);
    answers.set(given, { is });
    return is;
  };
}
