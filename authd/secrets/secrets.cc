#include "authd/secrets/secrets.h"

#include <array>
#include <cstdlib>
#include <functional>

#include "authd/secrets/private_file.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr unsigned kPrivateFolder = 0700;
constexpr std::size_t kKeyBytesMin = 32;
constexpr std::string_view kCredentials = "CREDENTIALS_DIRECTORY";

struct SecretName {
  std::string_view name;      ///< field of Vault; "authd.<name>" of systemd
  std::string_view file;      ///< in STORAGE/secrets
  std::string_view variable;  ///< and the same with _FILE
};
constexpr SecretName kSealing{"sealing_keys", "sealing.keys", "AUTHD_SEALING_KEYS"};
constexpr SecretName kAudit{"audit_key", "audit.key", "AUTHD_AUDIT_KEY"};
constexpr SecretName kApiKeys{"api_key_key", "api_key.key", "AUTHD_API_KEY_KEY"};
constexpr SecretName kOtp{"otp_key", "otp.key", "AUTHD_OTP_KEY"};
constexpr std::array kNames{kSealing, kAudit, kApiKeys, kOtp};

using Fields = std::map<std::string, Secret>;
using Maker = std::function<Secret()>;

std::string variable_of(const SecretSources& sources, const std::string& name) {
  const auto found = sources.environment.find(name);
  return found == sources.environment.end() ? "" : found->second;
}

std::string file_variable(const SecretName& name) {
  return std::string(name.variable) + "_FILE";
}

std::string own_file(const SecretSources& sources, const SecretName& name) {
  return fmt::format("{}/secrets/{}", sources.storage_path, name.file);
}

/// "" when systemd gave none of that name.
std::string credential_file(const SecretSources& sources, const SecretName& name, const Files& files) {
  const std::string folder = variable_of(sources, std::string(kCredentials));
  const std::string path = folder.empty() ? "" : fmt::format("{}/authd.{}", folder, name.name);
  return !path.empty() && files.exists(path) ? path : "";
}

/// Finds one secret after the other; asks Vault once.
class Finder {
 public:
  Finder(const SecretSources& sources, const SecretParts& parts) : sources_(sources), parts_(parts) {}

  Result<Secret> find(const SecretName& name, const Maker& make) {
    const std::string value = variable_of(sources_, std::string(name.variable));
    const std::string file = variable_of(sources_, file_variable(name));
    if (!value.empty() && !file.empty()) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("{} and {} are both set: leave one", name.variable, file_variable(name)));
    }
    if (!value.empty()) return Secret(value);
    if (!file.empty()) return read(file, file_variable(name));
    const std::string credential = credential_file(sources_, name, parts_.files);
    if (!credential.empty()) return read(credential, "systemd credential");
    if (sources_.vault) return from_vault(name);
    return from_own_file(name, make);
  }

 private:
  Result<Secret> read(const std::string& path, std::string_view place) const {
    auto secret = read_private_file(parts_.files, path);
    if (!secret) return fail(secret, place);
    return secret;
  }

  Result<Secret> from_vault(const SecretName& name) {
    if (!fields_) {
      auto fields = ask_vault();
      if (!fields) return fail(fields);
      fields_ = std::move(*fields);
    }
    const auto found = fields_->find(std::string(name.name));
    if (found != fields_->end()) return found->second;
    return fail(ErrorKind::NotFound, fmt::format("Vault's {}/{} has no field {}: put it there",
                                                 sources_.vault->mount, sources_.vault->path, name.name));
  }

  Result<Fields> ask_vault() const {
    if (parts_.client == nullptr) return fail(ErrorKind::Unavailable, "Vault cannot be asked from here");
    const auto token = read_private_file(parts_.files, sources_.vault->token_file);
    if (!token) return fail(token, "secrets.vault.token_file");
    return read_vault_kv(*parts_.client, *sources_.vault, *token);
  }

  Result<Secret> from_own_file(const SecretName& name, const Maker& make) const {
    const std::string path = own_file(sources_, name);
    if (const auto fine = check_private_folder(sources_.storage_path + "/secrets"); !fine) return fail(fine);
    auto there = read_private_file(parts_.files, path);
    if (there || there.error().kind != ErrorKind::NotFound) return there;
    const auto folder = parts_.files.make_directories(sources_.storage_path + "/secrets", kPrivateFolder);
    if (!folder) return fail(folder);
    const auto created = create_private_file(parts_.files, path, make().reveal());
    if (!created && created.error().kind != ErrorKind::Conflict) return fail(created);
    return read_private_file(parts_.files, path);  // another process may have been first
  }

  const SecretSources& sources_;
  const SecretParts& parts_;
  std::optional<Fields> fields_;
};

Result<Secret> decode_key(const SecretName& name, const Secret& text) {
  const std::string_view encoded = trim(text.reveal());
  auto bytes = base64url_decode(encoded);
  if (!bytes) bytes = base64_decode(encoded);
  if (bytes && bytes->size() >= kKeyBytesMin) return Secret(std::move(*bytes));
  return fail(
      ErrorKind::InvalidInput,
      fmt::format("{}: must be at least 32 random bytes in base64, as `head -c 32 /dev/urandom | base64` "
                  "writes them",
                  name.name));
}

Result<Secret> find_key(Finder& finder, const SecretName& name, Random& random) {
  const auto text =
      finder.find(name, [&] { return Secret(base64url_encode(random.bytes(kKeyBytesMin)) + "\n"); });
  if (!text) return fail(text, name.name);
  return decode_key(name, *text);
}

Result<SealingKeys> find_sealing_keys(Finder& finder, Random& random) {
  const auto text = finder.find(kSealing, [&] { return SealingKeys::generate(random).text(); });
  if (!text) return fail(text, kSealing.name);
  auto keys = SealingKeys::parse(*text);
  if (!keys) return fail(keys, kSealing.name);
  return keys;
}

}  // namespace

std::map<std::string, std::string> secret_environment() {
  std::map<std::string, std::string> environment;
  const auto take = [&](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value != nullptr) environment.emplace(name, value);
  };
  take(std::string(kCredentials));
  for (const SecretName& name : kNames) {
    take(std::string(name.variable));
    take(file_variable(name));
  }
  return environment;
}

Result<AuthdSecrets> load_secrets(const SecretSources& sources, const SecretParts& parts) {
  Finder finder(sources, parts);
  const auto sealing = find_sealing_keys(finder, parts.random);
  if (!sealing) return fail(sealing);
  auto audit = find_key(finder, kAudit, parts.random);
  if (!audit) return fail(audit);
  auto api_keys = find_key(finder, kApiKeys, parts.random);
  if (!api_keys) return fail(api_keys);
  auto otp = find_key(finder, kOtp, parts.random);
  if (!otp) return fail(otp);
  return AuthdSecrets{sealing->ring(), std::move(*audit), std::move(*api_keys), std::move(*otp)};
}

Result<std::string> sealing_keys_file(const SecretSources& sources, const Files& files) {
  const auto elsewhere = [](std::string_view place) {
    return fail(ErrorKind::Denied, fmt::format("the sealing keys come from {}: change them there", place));
  };
  if (!variable_of(sources, std::string(kSealing.variable)).empty()) return elsewhere(kSealing.variable);
  std::string file = variable_of(sources, file_variable(kSealing));
  if (!file.empty()) return file;
  if (!credential_file(sources, kSealing, files).empty()) return elsewhere("systemd");
  if (sources.vault) return elsewhere("Vault");
  return own_file(sources, kSealing);
}

}  // namespace picket::authd
