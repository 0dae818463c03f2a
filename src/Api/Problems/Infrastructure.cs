using System.Data.Common;
using Orleans.Serialization;

namespace OrleansLinks.Problems;

/// <summary>Tells what does not answer from what is a bug.</summary>
internal static class Infrastructure
{
    /// <summary>Whether an exception says that something behind the API does not answer: actors, database, disk.</summary>
    public static bool Fails(Exception exception) =>
        exception is OrleansException or TimeoutException or DbException or IOException or UnavailableExceptionFallbackException
        || exception.GetType().Namespace?.StartsWith("OrleansLinks.Storage", StringComparison.Ordinal) == true
        || (exception.InnerException is { } inner && Fails(inner));
}
