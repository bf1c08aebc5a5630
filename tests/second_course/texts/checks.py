"""A check of this course: it calls and it fails as `contract` says, and knows nothing else of grading."""

from contract import calling, verdicts

CASES = ({"text": "one two two"}, {"text": ""}, {"text": "a  b\na"})


def right(text):
    return {word: text.split().count(word) for word in text.split()}


def frequencies(function):
    for case in CASES:
        try:
            answer = calling.call(function, case, ("text",), calling.Terms())
        except calling.Unattempted:
            raise verdicts.NotAttempted("frequencies") from None
        except calling.Problem as problem:
            raise verdicts.CheckFailed("frequencies", "counts", problem.finding) from None
        if answer != right(**case):
            lines = (f"yours is {answer}, right is {right(**case)}.", f"  for {case['text']!r}")
            finding = verdicts.Finding("wrong", lines, misconception="not counted")
            raise verdicts.CheckFailed("frequencies", "counts", finding)
    verdicts.passed("frequencies", "counts", len(CASES))
