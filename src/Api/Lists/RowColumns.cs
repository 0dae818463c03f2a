using System.Text.Json;
using CsvHelper;

namespace OrleansLinks.Lists;

/// <summary>A column of rows that are written as CSV.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value in a row: text, a number, a boolean, a time, a word of an enumeration, or null.</param>
/// <param name="Format">How a number is written; as JSON has it unless set.</param>
internal sealed record RowColumn<T>(string Name, Func<T, object?> Value, string? Format = null)
{
    internal void Write(CsvWriter csv, T row)
    {
        switch (Value(row))
        {
            case null:
                csv.WriteField((string?)null);
                break;
            case string text:
                csv.WriteField(text);
                break;
            case bool yes:
                csv.WriteField(yes);
                break;
            case int number:
                csv.WriteField(number, Format);
                break;
            case long number:
                csv.WriteField(number, Format);
                break;
            case decimal number:
                csv.WriteField(number, Format ?? ApiTexts.RateFormat);
                break;
            case DateTimeOffset time:
                csv.WriteField(time.UtcDateTime, ApiTexts.TimeFormat);
                break;
            case Enum word:
                csv.WriteField(ApiTexts.Word(word));
                break;
            case var other:
                throw new NotSupportedException($"The column {Name} cannot hold a {other.GetType().Name}.");
        }
    }
}

/// <summary>Columns of things that the API answers.</summary>
internal static class RowColumns
{
    /// <summary>
    /// The columns of a thing that JSON shows: a column a field, by the field's name and in the order of fields. Money is two:
    /// the amount by the field's name, and its currency behind it, such as <c>payout</c> and <c>payoutCurrency</c>.
    /// </summary>
    /// <param name="json">How the API writes JSON.</param>
    /// <param name="except">Fields that have no column.</param>
    /// <exception cref="NotSupportedException">A field is of a type that no column can hold: give it one here, or name it among the exceptions.</exception>
    public static IReadOnlyList<RowColumn<T>> Of<T>(JsonSerializerOptions json, params string[] except)
    {
        var columns = new List<RowColumn<T>>();
        foreach (var field in json.GetTypeInfo(typeof(T)).Properties.Where(field => field.Get is not null && !except.Contains(field.Name)))
        {
            var read = field.Get!;
            var type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
            if (type == typeof(Money))
            {
                columns.Add(new RowColumn<T>(field.Name, row => ((Money?)read(row!))?.Amount, ApiTexts.AmountFormat));
                columns.Add(new RowColumn<T>($"{field.Name}Currency", row => ((Money?)read(row!))?.Currency));
            }
            else if (type.IsEnum || IsPlain(type))
            {
                columns.Add(new RowColumn<T>(field.Name, row => read(row!)));
            }
            else
            {
                throw new NotSupportedException($"{typeof(T).Name}.{field.Name} is a {type.Name}, which no column holds.");
            }
        }

        return columns;
    }

    private static bool IsPlain(Type type) => type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
        || type == typeof(decimal) || type == typeof(DateTimeOffset);
}
