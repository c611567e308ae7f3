using FuncQueue.Functions.Access;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Dashboard;

/// <summary>
/// Whether there is a dashboard, and how its users may sign in, from the configuration section <c>FuncQueueDashboard</c>.
/// </summary>
internal sealed record DashboardOptions
{
    public const string Section = "FuncQueueDashboard";

    /// <summary>Whether <c>/dashboard</c> is served.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The application that users sign in to with Entra ID, a public client; null: they show keys alone.</summary>
    public string? EntraClientId { get; init; }

    /// <summary>Reads and checks the settings; throws <see cref="ArgumentException"/> naming the first that is wrong.</summary>
    public static DashboardOptions Read(IConfiguration configuration, EntraOptions entra)
    {
        var section = configuration.GetSection(Section);
        var (enabled, client) = (section[nameof(Enabled)], section[nameof(EntraClientId)]);
        var on = true;
        if (!string.IsNullOrEmpty(enabled) && !bool.TryParse(enabled, out on))
            throw Wrong(nameof(Enabled), "must be true or false");
        if (string.IsNullOrEmpty(client))
            return new DashboardOptions { Enabled = on };
        if (!client.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            throw Wrong(nameof(EntraClientId), "must be the id of an application");
        return entra.TenantId is null
            ? throw Wrong(nameof(EntraClientId), $"must stand beside {EntraOptions.Section}:{nameof(EntraOptions.TenantId)}")
            : new DashboardOptions { Enabled = on, EntraClientId = client };
    }

    private static ArgumentException Wrong(string setting, string rule) => new($"The setting {Section}:{setting} {rule}.");
}
