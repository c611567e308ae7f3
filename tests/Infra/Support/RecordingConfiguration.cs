using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>Settings as Azure gives them to an app (as environment variables), which notes what is asked for.</summary>
public sealed class RecordingConfiguration : ConfigurationProvider, IConfigurationSource
{
    private readonly ConcurrentDictionary<string, bool> asked = new(StringComparer.OrdinalIgnoreCase);

    public RecordingConfiguration(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
            Data[name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)] = value;
        Configuration = new ConfigurationBuilder().Add(this).Build();
    }

    public IConfigurationRoot Configuration { get; }

    /// <summary>The names that were asked for, as settings are written.</summary>
    public IReadOnlyCollection<string> Asked =>
        [.. asked.Keys.Select(key => key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal))];

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override bool TryGet(string key, out string? value)
    {
        asked[key] = true;
        return base.TryGet(key, out value);
    }
}
