using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Client;

namespace FuncQueue.Cli.Contexts;

/// <summary>The named servers of a user, in a file that only the user reads.</summary>
internal sealed class Profile
{
    public const string LocalEndpoint = "http://127.0.0.1:7071";

    public string? Current { get; set; }

    public SortedDictionary<string, Context> Contexts { get; set; } = [];

    public static string Path =>
        Environment.GetEnvironmentVariable("FUNCQUEUE_CONFIG")
        ?? System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "funcqueue",
            "contexts.json"
        );

    public static Profile Read()
    {
        try
        {
            return File.Exists(Path) ? JsonSerializer.Deserialize(File.ReadAllText(Path), ProfileJson.Default.Profile) ?? new() : new();
        }
        catch (JsonException failure)
        {
            throw new UsageException($"{Path} cannot be read: {failure.Message}");
        }
    }

    public void Write()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        // Whole or not at all, and never readable by others.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var temporary = Path + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, options))
            JsonSerializer.Serialize(stream, this, ProfileJson.Default.Profile);
        File.Move(temporary, Path, overwrite: true);
    }

    /// <summary>The client that options, environment and contexts say, in this order.</summary>
    public static FuncQueueClient Choose(string? endpoint, string? key, string? name)
    {
        var context = Find(name);
        var address =
            endpoint
            ?? (name is null ? Environment.GetEnvironmentVariable("FUNCQUEUE_ENDPOINT") : null)
            ?? context?.Endpoint
            ?? LocalEndpoint;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException($"{address} is no address of a server.");
        // A context's key is for its own server.
        var own = endpoint is null ? context?.Key : null;
        var secret = key ?? (name is null ? Environment.GetEnvironmentVariable("FUNCQUEUE_KEY") : null) ?? own;
        return new FuncQueueClient(uri, secret);
    }

    private static Context? Find(string? name)
    {
        var profile = Read();
        if (name is not null)
            return profile.Contexts.GetValueOrDefault(name) ?? throw new UsageException($"There is no context {name}.");
        return profile.Current is { } current ? profile.Contexts.GetValueOrDefault(current) : null;
    }
}

/// <summary>A named server.</summary>
internal sealed record Context(string Endpoint, string? Key);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Profile))]
internal sealed partial class ProfileJson : JsonSerializerContext;
