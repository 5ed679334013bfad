import { expect } from "chai";
import fc from "fast-check";
import type { Limits, Region } from "../../../isolation/access/region";
import { createSpace } from "../../../isolation/access/space";
import { draft, inputsOf, limitsOf, read, statement, statements, users, type Draft } from "./drafts";

const [user = { arn: "", account: "" }] = users;

/** The allowed sets of several drafts, in one space. */
function allowed(...drafts: readonly Draft[]): Region[] {
  const limits: Limits[] = drafts.map(limitsOf);
  const space = createSpace(inputsOf(...limits));
  return limits.map((each) => space.allowed(user, each));
}

function expectSame([left, right]: readonly Region[]): void {
  if (!left || !right) throw new Error("expected two regions");
  expect(left.minus(right).isEmpty() && right.minus(left).isEmpty()).to.equal(true);
}

function expectWithin([smaller, larger]: readonly Region[]): void {
  if (!smaller || !larger) throw new Error("expected two regions");
  expect(smaller.minus(larger).isEmpty()).to.equal(true);
}

function check<Ts extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  law: (...args: Ts) => void,
): void {
  fc.assert(fc.property(...arbitraries, law), { numRuns: 40 });
}

describe("what is allowed", () => {
  it("never shrinks when an Allow is added", () => {
    check([draft, statement("Allow")], (given, more) => {
      expectWithin(allowed(given, { ...given, identity: [...given.identity, [more]] }));
    });
  });

  it("never grows when a Deny is added, to whatever kind of policy", () => {
    check([draft, statement("Deny")], (given, more) => {
      expectWithin(allowed({ ...given, identity: [...given.identity, [more]] }, given));
      if (!given.permissionsBoundary) return;
      expectWithin(allowed({ ...given, permissionsBoundary: [...given.permissionsBoundary, more] }, given));
    });
  });

  it("never grows by a further limit", () => {
    check([draft, statements], (given, more) => {
      expectWithin(allowed({ ...given, serviceControl: [...(given.serviceControl ?? []), [more]] }, given));
      if (!given.permissionsBoundary) expectWithin(allowed({ ...given, permissionsBoundary: more }, given));
    });
  });

  it("does not depend on the order of policies and statements", () => {
    check([draft], (given) => {
      const identity = given.identity.map((list) => [...list].reverse()).reverse();
      expectSame(allowed(given, { ...given, identity }));
    });
  });

  it("does not depend on how statements are spread over policies", () => {
    check([draft], (given) => {
      expectSame(allowed(given, { ...given, identity: given.identity.flat().map((one) => [one]) }));
    });
  });

  it("does not tell a range from its halves", () => {
    const operator = fc.constantFrom("IpAddress", "NotIpAddress");
    check([draft, operator, fc.constantFrom<"Allow" | "Deny">("Allow", "Deny")], (given, name, Effect) => {
      const under = (cidrs: readonly string[]): Draft => {
        const Condition = { [name]: { "aws:SourceIp": cidrs } };
        const more = { Effect, Action: "*", Resource: "*", Condition };
        return { ...given, identity: [...given.identity, [more]] };
      };
      const whole = ["203.0.113.0/24", "2001:db8::/32"];
      const halves = ["203.0.113.0/25", "203.0.113.128/25", "2001:db8::/33", "2001:db8:8000::/33"];
      expectSame(allowed(under(whole), under(halves)));
    });
  });

  it("does not tell one statement over two actions from two statements", () => {
    check([draft, fc.constantFrom<"Allow" | "Deny">("Allow", "Deny")], (given, Effect) => {
      const over = (Action: string | string[]) => ({ Effect, Action, Resource: "*" });
      const merged = [over(["codecommit:GitPull", "codecommit:Put*"])];
      const split = [over("codecommit:GitPull"), over("codecommit:Put*")];
      expectSame(
        allowed(
          { ...given, identity: [...given.identity, merged] },
          { ...given, identity: [...given.identity, split] },
        ),
      );
    });
  });

  it("is never a repository of another account", () => {
    const everything = [{ Effect: "Allow", Action: "*", Resource: "*" }];
    const [region] = allowed({ identity: [everything] });
    const values = region?.along("resource").values ?? [];
    expect(values).to.have.length.greaterThan(0);
    expect(values.filter((value) => !value.includes(user.account))).to.deep.equal([]);
  });
});

describe("sets of requests", () => {
  it("obey the laws of sets, and their classes add up", () => {
    check([draft, draft, draft], (one, two, three) => {
      const [a, b, c] = allowed(one, two, three);
      if (!a || !b || !c) throw new Error("expected three regions");
      expectSame([a.and(b), b.and(a)]);
      expectSame([a.or(b), b.or(a)]);
      expectSame([a.and(b.or(c)), a.and(b).or(a.and(c))]);
      expectSame([a.minus(b.or(c)), a.minus(b).minus(c)]);
      expectSame([a.minus(a.minus(b)), a.and(b)]);
      expect(a.or(b).classes()).to.equal(a.classes() + b.classes() - a.and(b).classes());
      expect(a.minus(b).classes()).to.equal(a.classes() - a.and(b).classes());
      const part = { cidrs: ["203.0.113.0", "2001:db8::"] };
      expect(a.within("aws:SourceIp", part).classes() + a.outside("aws:SourceIp", part).classes()).to.equal(
        a.classes(),
      );
    });
  });

  it("count every class of a space once", () => {
    const space = createSpace(inputsOf(limitsOf({ identity: [] })));
    const product = [...space.dimensions.values()].reduce((all, size) => all * BigInt(size), 1n);
    expect(space.everything(user).classes()).to.equal(product);
  });

  it("are combined within one space and for one requester only", () => {
    const limits = { identity: [read([{ Effect: "Allow", Action: "*", Resource: "*" }])] };
    const [one, two] = [createSpace(inputsOf(limits)), createSpace(inputsOf(limits))];
    expect(() => one.everything(user).and(two.everything(user))).to.throw("one space");
    expect(() => one.everything(user).and(one.everything(users[1] ?? user))).to.throw("one requester");
  });
});
