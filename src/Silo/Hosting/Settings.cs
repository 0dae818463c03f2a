using System.ComponentModel.DataAnnotations;
using System.Reflection;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Hosting;

/// <summary>A setting or the machine does not allow a start; the message says which and what to do, in one line.</summary>
public sealed class StartupException(string message) : Exception(message);

/// <summary>Settings of a program, read once and checked before anything is built.</summary>
public static class Settings
{
    /// <summary>Short spellings of settings for the command line.</summary>
    public static readonly Dictionary<string, string> Switches = new()
    {
        ["--port"] = "Http:Port",
        ["--address"] = "Http:Address",
        ["--data"] = "Data:Folder",
        ["--demo"] = "Demo",
        ["--to"] = "Export:To",
        ["--from"] = "Import:From",
    };

    /// <summary>The builder of a program, with the settings of its command line over all others.</summary>
    /// <param name="args">The command line.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(args, Switches);
        return builder;
    }

    /// <summary>Whether an exception says in one line what keeps a program from starting.</summary>
    public static bool ExplainsItself(Exception exception) =>
        exception is StartupException or DataFolderException or DatabaseException or SchemaVersionException;

    /// <summary>Reads a section of the settings.</summary>
    /// <exception cref="StartupException">A setting has no allowed value.</exception>
    /// <param name="configuration">The settings.</param>
    /// <param name="section">The section's name; empty for settings outside of sections.</param>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        try
        {
            var options = (section.Length == 0 ? configuration : configuration.GetSection(section)).Get<T>() ?? new T();
            Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
            return options;
        }
        catch (ValidationException exception)
        {
            var member = exception.ValidationResult.MemberNames.Single();
            var name = typeof(T).GetProperty(member)!.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? member;
            var field = section.Length == 0 ? name : $"{section}:{name}";
            throw new StartupException($"The setting {field} is not valid: {exception.ValidationResult.ErrorMessage}");
        }
        catch (InvalidOperationException exception)
        {
            throw new StartupException(
                typeof(T).GetProperties().FirstOrDefault(property => property.PropertyType.IsEnum && exception.Message.Contains($"'{section}:{property.Name}'", StringComparison.Ordinal)) is { } words
                    ? $"The setting {section}:{words.Name} is not valid: give one of {string.Join(", ", Enum.GetNames(words.PropertyType))}."
                    : $"A setting cannot be read: {exception.Message}");
        }
    }
}
