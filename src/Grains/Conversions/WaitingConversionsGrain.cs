namespace OrleansLinks.Conversions;

[GrainType("waiting-conversions")]
internal sealed class WaitingConversionsGrain(IConversionStore store) : Grain, IWaitingConversionsGrain
{
    private const int AtOnce = 500;

    private long? _after;

    public async Task LookAgain()
    {
        var page = await store.ListWaitingAsync(_after, AtOnce);
        foreach (var id in page.Ids)
        {
            await GrainFactory.Actor<IConversionGrain>(EntityId.From(EntityId.Conversion, id)).Match();
        }

        _after = page.Next;
    }
}
