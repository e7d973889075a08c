#pragma once

// Certificates for tests, made on the spot: an authority of our own and leaves with any fault one likes.

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace vedette::testing {

struct LeafOptions {
  std::vector<std::string> names{"localhost"};  ///< DNS names of the subjectAltName
  std::vector<std::string> addresses{"127.0.0.1"};
  int begins_in_days = -1;
  int ends_in_days = 30;
  bool self_signed = false;
  bool rsa = false;
  int rsa_bits = 2048;
  std::string purpose = "serverAuth";
  long serial = 0;  ///< the next one when zero
};

struct Identity {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM
};

class Authority {
 public:
  /// `permitted`: the only DNS domain that it may issue for (a name constraint); empty: any.
  explicit Authority(const std::string& name = "Vedette test CA", const std::string& permitted = "");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  [[nodiscard]] Identity issue(const LeafOptions& options = {}) const;
  [[nodiscard]] const std::string& certificate() const { return pem_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string pem_;
};

/// Writes `text` to a new file that goes away with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text, const std::string& suffix = "");
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void rewrite(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace vedette::testing
