"""The other end of bench/training/child.ts: commands on standard input, one JSON object a line, an answer to each."""

import json
import os
import sys
import time


def serve(open_trainee):
    """A trainee has `description`, `reset()`, and `step(index)` and `check(index)`, which return the loss as a float."""
    # Libraries print as they like; answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        trainee = open_trainee()
    except Exception as error:
        return say(error=in_words(error))
    say(ready=trainee.description)
    for line in sys.stdin:
        try:
            say(**answer_to(trainee, json.loads(line)))
        except Exception as error:
            say(error=in_words(error))


def answer_to(trainee, command):
    if command["command"] == "first":
        return {"milliseconds": timed(trainee, range(1))}
    # A block starts from the first weights, like everybody's: see node/serve.ts.
    trainee.reset()
    if command["command"] == "check":
        return {"losses": [trainee.check(index) for index in range(command["steps"])]}
    for index in range(command["warmUp"]):
        trainee.step(index)
    return {"milliseconds": timed(trainee, range(command["warmUp"], command["warmUp"] + command["steps"]))}


def timed(trainee, indices):
    begin = time.perf_counter()
    for index in indices:
        trainee.step(index)
    return (time.perf_counter() - begin) * 1000


def in_words(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'without words'}"[:400]
