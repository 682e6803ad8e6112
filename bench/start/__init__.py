"""What a person waits for when a function starts, in Lambda's own runtime on this machine.

A *start* or *init* runs at full speed, as in Lambda, from the interpreter's own start until the
function waits for what comes. A *call* is an invocation, as the runtime reports it and Lambda bills
it. From the start on, a function is held to the share of a processor that its memory buys. The
*first call* is the one right after the start; the second stands for all that follow.
"""
