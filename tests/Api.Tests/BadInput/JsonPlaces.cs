using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.BadInput;

/// <summary>A place in a JSON body.</summary>
/// <param name="Field">Its name in errors, such as <c>landing.savedPages[0].url</c>.</param>
/// <param name="Value">What is there; null for a null.</param>
/// <param name="With">The body with something else there; raw JSON.</param>
internal sealed record JsonPlace(string Field, JsonNode? Value, Func<string, string> With);

/// <summary>Walks through bodies.</summary>
internal static class JsonPlaces
{
    private const string Mark = "\"<the place>\"";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every value within a body, but not the body itself.</summary>
    public static IEnumerable<JsonPlace> Of(JsonNode body)
    {
        foreach (var (path, field) in Paths(body, [], body is JsonArray ? "items" : ""))
        {
            yield return new JsonPlace(field, Find(body, path), raw => Replace(body, path, raw));
        }
    }

    /// <summary>Every object within a body, the body too, with the field's name and the body with raw members put in.</summary>
    public static IEnumerable<(string Field, Func<string, string> WithMembers)> Objects(JsonNode body)
    {
        if (body is JsonObject root)
        {
            yield return ("", members => AddTo(root.ToJsonString(), members));
        }

        foreach (var place in Of(body))
        {
            if (place.Value is JsonObject inner)
            {
                yield return (place.Field + ".", members => place.With(AddTo(inner.ToJsonString(), members)));
            }
        }
    }

    private static string AddTo(string json, string members) => json == "{}" ? $"{{{members}}}" : $"{json[..^1]},{members}}}";

    private static IEnumerable<(object[] Path, string Field)> Paths(JsonNode? node, object[] path, string field)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => ((object)member.Key, field.Length == 0 ? member.Key : $"{field}.{member.Key}", member.Value)),
            JsonArray items => items.Select((item, index) => ((object)index, $"{field}[{index}]", item)),
            _ => [],
        };
        foreach (var (step, name, child) in children)
        {
            yield return ([.. path, step], name);
            foreach (var deeper in Paths(child, [.. path, step], name))
            {
                yield return deeper;
            }
        }
    }

    private static JsonNode? Find(JsonNode body, object[] path) =>
        path.Aggregate((JsonNode?)body, (node, step) => step is int index ? node![index] : node![(string)step]);

    private static string Replace(JsonNode body, object[] path, string raw)
    {
        var copy = body.DeepClone();
        var parent = Find(copy, path[..^1])!;
        var mark = JsonValue.Create(Mark.Trim('"'));
        if (path[^1] is int index)
        {
            parent[index] = mark;
        }
        else
        {
            parent[(string)path[^1]] = mark;
        }

        return copy.ToJsonString(Plain).Replace(Mark, raw, StringComparison.Ordinal);
    }
}
