using Xunit.Sdk;
using Xunit.v3;

// A page is a browser's process and a share of the server's: two pages at a time, whatever the machine.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 2)]
