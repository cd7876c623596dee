import type { Skill } from "../dialogue/exchange.ts";
import * as arithmetic from "./arithmetic.ts";
import * as conversation from "./conversation.ts";
import * as identity from "./identity.ts";
import * as knowledge from "./knowledge.ts";
import * as memory from "./memory.ts";
import * as stories from "./stories.ts";
import { unknown } from "./unknown.ts";
import * as words from "./words.ts";

/** Every skill by name, and how often it is drawn. */
export const skills = {
  greet: [conversation.greet, 3],
  "how are you": [conversation.howAreYou, 1],
  feelings: [conversation.feel, 1.5],
  thank: [conversation.thank, 1.5],
  leave: [conversation.leave, 1.5],
  joke: [conversation.joke, 1],
  agree: [conversation.agree, 0.7],
  disagree: [conversation.disagree, 0.7],
  like: [conversation.like, 1],
  "who are you": [identity.whoAreYou, 3],
  "are you": [identity.areYou, 1],
  "are you called": [identity.areYouCalled, 0.5],
  "what can you do": [identity.whatCanYouDo, 1],
  "who made you": [identity.whoMadeYou, 0.5],
  "how big": [identity.howBig, 0.5],
  "what is your job": [identity.whatIsYourKind, 0.5],
  "tell a name": [memory.tellName, 6],
  "tell much": [memory.tellMuch, 2],
  "tell a favorite": [memory.tellFavorite, 5],
  "tell a fact": [memory.tellFact, 4],
  recall: [memory.recall, 9],
  "recall the name": [memory.recallName, 5],
  "recall what was not told": [memory.recallUntold, 2.5],
  "tell and ask": [memory.tellAndAsk, 1],
  "what do you know about me": [memory.whatDoYouKnow, 1],
  confirm: [memory.confirm, 2],
  add: [arithmetic.add, 6],
  subtract: [arithmetic.subtract, 4],
  multiply: [arithmetic.multiply, 3],
  "add words": [arithmetic.addWords, 1],
  compare: [arithmetic.compare, 2],
  "next number": [arithmetic.neighbour, 1.5],
  count: [arithmetic.count, 2],
  "count backwards": [arithmetic.countBackwards, 1],
  "sort numbers": [arithmetic.sortNumbers, 2],
  "even or odd": [arithmetic.isEven, 1],
  "word problem": [arithmetic.wordProblem, 2.5],
  capital: [knowledge.capital, 4],
  opposite: [knowledge.opposite, 3],
  sound: [knowledge.sound, 2],
  "young animals": [knowledge.young, 1],
  legs: [knowledge.countLegs, 1],
  homes: [knowledge.home, 1],
  "colors of things": [knowledge.colorOf, 1],
  plural: [knowledge.plural, 1],
  "past tense": [knowledge.pastTense, 1],
  translate: [knowledge.translate, 2],
  rhyme: [knowledge.rhyme, 1],
  size: [knowledge.size, 1.5],
  "days and months": [knowledge.dayOrMonth, 2.5],
  "kinds of things": [knowledge.isA, 1.5],
  "single facts": [knowledge.singleFact, 2.5],
  repeat: [words.repeat, 4],
  "first or last word": [words.firstOrLast, 1.5],
  "count words": [words.countWords, 1],
  "in a list": [words.isInList, 1.5],
  "replace a word": [words.replaceWord, 1],
  "read a text": [words.readText, 3],
  list: [words.list, 3],
  quote: [words.quote, 1.5],
  story: [stories.story, 5],
  poem: [stories.poem, 1.5],
  unknown: [unknown, 9],
} satisfies Record<string, readonly [Skill, number]>;

export type SkillName = keyof typeof skills;

export const skillNames = Object.keys(skills) as SkillName[];
