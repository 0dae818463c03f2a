namespace OrleansLinks;

/// <summary>Refers to actors by key.</summary>
public static class Actors
{
    /// <summary>
    /// The actor of that kind with that key. As <c>GetGrain</c>, which reads the attributes of the interface by reflection
    /// at each call; here what they say is remembered.
    /// </summary>
    /// <remarks>Each of our interfaces has one class, so one answer holds for every cluster that a process talks to.</remarks>
    public static T Actor<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey
    {
        if (Known<T>.Kind is not { } kind)
        {
            var reference = (GrainReference)(object)grains.GetGrain<T>(key);
            Known<T>.Kind = kind = new Kind(reference.GrainId.Type, reference.InterfaceType);
        }

        return (T)grains.GetGrain(GrainId.Create(kind.Type, key), kind.Interface);
    }

    private sealed record Kind(GrainType Type, GrainInterfaceType Interface);

    private static class Known<T>
    {
        public static volatile Kind? Kind;
    }
}
