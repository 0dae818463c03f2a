using System.Reflection;

namespace OrleansLinks;

/// <summary>What Orleans and its storage need of contracts and states, and no compiler checks.</summary>
public sealed class ContractTests
{
    private static readonly Assembly[] Assemblies = [typeof(EntityId).Assembly, typeof(SettingsChanges).Assembly];

    private static readonly Type[] Serialized =
        [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)];

    private static readonly Type[] Actors =
        [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract)];

    [Fact]
    public void Each_kind_of_actor_names_its_state_differently()
    {
        // The provider's row key has the state's name and not the grain's type (dotnet/orleans#8746).
        var names = Actors
            .SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
            .Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>()?.StateName)
            .OfType<string>()
            .ToArray();

        Assert.NotEmpty(names);
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void No_actor_keeps_its_state_by_its_base_class()
    {
        Assert.DoesNotContain(Actors, type =>
        {
            for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
            {
                if (parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(Grain<>))
                {
                    return true;
                }
            }

            return false;
        });
    }

    [Fact]
    public void Every_serialized_property_has_an_id_of_its_own()
    {
        foreach (var type in Serialized.Where(type => !type.IsEnum))
        {
            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(property => property.GetMethod!.GetParameters().Length == 0 && property.SetMethod is not null)
                .ToArray();
            var ids = properties.Select(property => property.GetCustomAttribute<IdAttribute>()?.Id).ToArray();
            Assert.True(ids.All(id => id is not null) && ids.Distinct().Count() == ids.Length, $"{type} has a property without an [Id], or two with the same.");
        }
    }

    [Fact]
    public void Every_contract_and_method_has_an_alias()
    {
        var interfaces = Assemblies[0].GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)).ToArray();

        Assert.NotEmpty(interfaces);
        Assert.All(Serialized.Concat(interfaces), type => Assert.NotNull(type.GetCustomAttribute<AliasAttribute>()));
        Assert.All(
            interfaces.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)),
            method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
    }

    [Theory]
    [InlineData(EntityId.Program)]
    [InlineData(EntityId.Campaign)]
    [InlineData(EntityId.Task)]
    [InlineData(EntityId.Partner)]
    [InlineData(EntityId.Key)]
    public void No_key_of_a_stored_actor_reads_as_a_number(string prefix)
    {
        // Such a key would be stored as that number, and share its row with others (dotnet/orleans#9706).
        var id = GrainId.Create("any", EntityId.From(prefix, Guid.Empty));

        Assert.False(id.TryGetIntegerKey(out _, out _));
        Assert.False(id.TryGetGuidKey(out _, out _));
    }
}
