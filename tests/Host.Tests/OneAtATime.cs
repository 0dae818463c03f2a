using Xunit.Sdk;
using Xunit.v3;

// Each test runs a program, some of them two, and several load it: one at a time, so that none starves another.
[assembly: Parallelization(Mode = ParallelMode.None)]
