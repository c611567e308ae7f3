using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FuncQueue.App.Tests.Support;

/// <summary>A certificate for this machine's loopback address, made by the test and trusted by the processes that it tells of it.</summary>
public sealed class LoopbackCertificate : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("funcqueue-tls-").FullName;

    public LoopbackCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=FuncQueue test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificateFile, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Certificate { get; }

    public string CertificateFile => Path.Combine(folder, "certificate.pem");

    public string KeyFile => Path.Combine(folder, "key.pem");

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
