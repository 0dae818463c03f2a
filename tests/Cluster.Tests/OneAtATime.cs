using Xunit.Sdk;
using Xunit.v3;

// The tests share a cluster, and each breaks it in another way.
[assembly: Parallelization(Mode = ParallelMode.None)]
