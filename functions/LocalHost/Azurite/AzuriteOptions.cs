using System.Text.Json;
using System.Text.Json.Serialization;

namespace FuncQueue.LocalHost.Azurite;

/// <summary>How to run Azurite: what azurite.json at the top of the repository says, or, for tests, in memory on free ports.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The folder of the data, relative to the repository.</summary>
    public string Location { get; init; } = ".azurite";

    public string BlobHost { get; init; } = "127.0.0.1";

    /// <summary>0: any free port.</summary>
    public int BlobPort { get; init; }

    public int QueuePort { get; init; }

    public int TablePort { get; init; }

    /// <summary>Nothing is kept when it stops.</summary>
    public bool InMemoryPersistence { get; init; }

    /// <summary>A certificate in PEM format, for https; with <see cref="CertificateKey"/>.</summary>
    public string? Certificate { get; init; }

    public string? CertificateKey { get; init; }

    /// <summary><c>basic</c>: takes tokens too, over https.</summary>
    public string? OAuth { get; init; }

    /// <summary>How long it may take to write down what it has, when it is to stop; then it is killed.</summary>
    [JsonIgnore]
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>In memory, on free ports.</summary>
    public static AzuriteOptions ForTests { get; } = new() { InMemoryPersistence = true };

    internal static AzuriteOptions Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<AzuriteOptions>(File.ReadAllBytes(file), JsonSerializerOptions.Web)!;
        }
        catch (JsonException exception)
        {
            throw new StartUpException($"{file} cannot be read: {exception.Message}");
        }
    }
}
