namespace OrleansLinks.Access;

[GrainType("idempotency")]
internal sealed class IdempotencyGrain(IIdempotencyStore store, TimeProvider clock) : Grain, IIdempotencyGrain
{
    public async Task<IdempotentRequest> Begin(byte[] bodyHash)
    {
        var request = new StoredRequest(EntityId.NewSeed(clock), bodyHash, null);
        var stored = await store.BeginAsync(this.GetPrimaryKeyString(), request, clock.GetUtcNow());
        return new IdempotentRequest(stored.Seed, stored.BodyHash.AsSpan().SequenceEqual(bodyHash), stored.Answer);
    }

    public Task Complete(StoredAnswer answer) => store.CompleteAsync(this.GetPrimaryKeyString(), answer);

    public Task Forget() => store.RemoveAsync(this.GetPrimaryKeyString());
}
