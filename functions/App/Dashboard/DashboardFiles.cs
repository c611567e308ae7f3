using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Functions.Access;

namespace FuncQueue.Functions.Dashboard;

/// <summary>The dashboard's page and files, which the build has embedded, and the policy that browsers are to hold them to.</summary>
internal sealed class DashboardFiles
{
    private const string Folder = "dashboard/";
    private const string PageName = "index.html";

    private readonly DashboardOptions options;
    private readonly Lazy<Dictionary<string, DashboardFile>> files;

    public DashboardFiles(DashboardOptions options, EntraOptions entra)
    {
        this.options = options;
        files = new Lazy<Dictionary<string, DashboardFile>>(() => Load(Configuration(options, entra)));
        // Tokens are fetched from where users sign in, and nothing else comes from anywhere else.
        var signIn = options.EntraClientId is null ? "" : " " + new Uri(entra.Authority).GetLeftPart(UriPartial.Authority);
        Policy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + $"connect-src 'self'{signIn}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";
    }

    /// <summary>What <c>Content-Security-Policy</c> says.</summary>
    public string Policy { get; }

    /// <summary>The page; null: it is turned off.</summary>
    public DashboardFile? Page => Find(PageName);

    /// <summary>Changes with the page.</summary>
    public string PageTag => Convert.ToHexStringLower(SHA256.HashData(Page?.Gzip ?? []))[..16];

    /// <summary>A file by its name; null: there is none.</summary>
    public DashboardFile? File(string name) => name == PageName ? null : Find(name);

    /// <summary>All names but the page's.</summary>
    public IEnumerable<string> Names => files.Value.Keys.Where(name => name != PageName);

    private DashboardFile? Find(string name) => options.Enabled ? files.Value.GetValueOrDefault(name) : null;

    /// <summary>What the page needs to know for a sign-in, none of it secret.</summary>
    private static string Configuration(DashboardOptions options, EntraOptions entra)
    {
        if (options.EntraClientId is not { } client)
            return "";
        var content = WebUtility.HtmlEncode($"{entra.Authority}/{entra.TenantId} {client} {entra.Audiences[0]}");
        return $"""<meta name="funcqueue-entra" content="{content}" />""";
    }

    private static Dictionary<string, DashboardFile> Load(string configuration)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, DashboardFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal) || !resource.EndsWith(".gz", StringComparison.Ordinal))
                continue;
            var whole = resource[..^".gz".Length];
            var name = whole[Folder.Length..];
            var (gzip, brotli) = (Read(assembly, resource), Read(assembly, whole + ".br"));
            files[name] =
                name == PageName && configuration.Length > 0
                    ? Configured(gzip, configuration)
                    : new DashboardFile(DashboardFile.TypeOf(name), gzip, brotli);
        }

        return files;
    }

    private static DashboardFile Configured(byte[] gzip, string configuration)
    {
        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress), Encoding.UTF8);
        var page = Encoding.UTF8.GetBytes(
            unpacked.ReadToEnd().Replace("</head>", $"  {configuration}\n  </head>", StringComparison.Ordinal)
        );
        return new DashboardFile(
            DashboardFile.TypeOf(PageName),
            Pack(page, stream => new GZipStream(stream, CompressionLevel.SmallestSize)),
            Pack(page, stream => new BrotliStream(stream, CompressionLevel.SmallestSize))
        );
    }

    private static byte[] Pack(byte[] bytes, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
