using System.ComponentModel.DataAnnotations;
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
    /// <param name="args">The command line, which has settings alone.</param>
    /// <param name="known">The settings that the program knows.</param>
    /// <exception cref="StartupException">A setting is unknown, or a file of settings cannot be read.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, KnownSettings known)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
            builder.Configuration.AddCommandLine(args, Switches);
            known.Check(builder.Configuration);
            CheckLogLevels(builder.Configuration);
            return builder;
        }
        catch (InvalidDataException exception)
        {
            throw new StartupException($"A file of settings cannot be read: {exception.Message}{(exception.InnerException is { } cause ? $" {cause.Message}" : "")}".ReplaceLineEndings(" "));
        }
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
        var values = section.Length == 0 ? configuration : configuration.GetSection(section);
        foreach (var property in typeof(T).GetProperties().Where(property => property.PropertyType.IsEnum))
        {
            // Or numbers would pass for words, also those that no word has.
            if (values[property.Name] is { Length: > 0 } word && !Enum.GetNames(property.PropertyType).Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartupException($"The setting {section}:{property.Name} is not valid: give one of {string.Join(", ", Enum.GetNames(property.PropertyType))}.");
            }
        }

        try
        {
            var options = values.Get<T>() ?? new T();
            Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
            return options;
        }
        catch (ValidationException exception)
        {
            var field = KnownSettings.NameOf(section, typeof(T).GetProperty(exception.ValidationResult.MemberNames.Single())!);
            throw new StartupException($"The setting {field} is not valid: {exception.ValidationResult.ErrorMessage}");
        }
        catch (InvalidOperationException exception)
        {
            throw new StartupException($"A setting cannot be read: {exception.Message}");
        }
    }

    private static void CheckLogLevels(ConfigurationManager configuration)
    {
        foreach (var (name, level) in configuration.GetSection("Logging").AsEnumerable())
        {
            if (level is not null && name.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase) && !Enum.GetNames<LogLevel>().Contains(level, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartupException($"The setting {name} is not valid: give one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }
    }
}
